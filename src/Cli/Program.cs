return W2S.Cli.CommandLine.Run(args);
