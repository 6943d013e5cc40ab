using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("W2S.Cli.Tests")]
