// Slurm and the scripts beside it are of Linux.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
