using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("W2S.Cli.Tests")]
[assembly: InternalsVisibleTo("W2S.Shell.Tests")]
