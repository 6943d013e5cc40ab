using System.CommandLine.Invocation;
using System.Text;

namespace W2S.Cli;

internal partial class DocumentedCommand
{
    /// <summary>Writes a command's help at 80 columns, the same everywhere, so that it can be compared with an approved text.</summary>
    internal sealed class HelpPage : SynchronousCommandLineAction
    {
        private const int Width = 80;
        private const int Indent = 2;
        private const int NameColumn = 28;

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            parsed.InvocationConfiguration.Output.Write(Of(parsed.CommandResult.Command));
            return ExitCodes.Done;
        }

        /// <summary>The whole page.</summary>
        public static string Of(Command command)
        {
            var page = new StringBuilder();
            page.Append($"{Usage(command)}\n\n{Wrap(command.Description!, 0)}");
            var documented = command as DocumentedCommand;
            if (documented != null) page.Append($"\n{Wrap(documented.Details, 0)}");
            Section(page, "Commands", command.Subcommands.Select(sub => (sub.Name, sub.Description!)));
            Section(page, "Arguments", command.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description!)));
            foreach (var group in documented?.Groups ?? []) Section(page, group.Heading, group.Options.Select(Row));
            Section(page, "Everywhere", [Row(Verbose), Row(Quiet), ("--help", "This page.")]);
            if (documented?.Examples.Count > 0) page.Append("\nExamples\n");
            foreach (var example in documented?.Examples ?? [])
                page.Append($"{Wrap(example.Effect, Indent)}{new string(' ', 2 * Indent)}{Program} {example.Arguments}\n");
            return page.ToString();
        }

        private static string Usage(Command command)
        {
            var words = new List<string>();
            for (var at = command; at is not RootCommand and not null; at = at.Parents.OfType<Command>().FirstOrDefault())
                words.Insert(0, at.Name);
            words.Insert(0, Program);
            if (command.Subcommands.Count > 0) words.Add("COMMAND");
            words.AddRange(
                command.Arguments.Select(argument =>
                    argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.HelpName}…" : argument.HelpName!));
            words.Add("[options]");
            return "Usage: " + string.Join(' ', words);
        }

        private static (string, string) Row(Option option) =>
            ($"{option.Name}{(option.HelpName == null ? "" : $" {option.HelpName}")}", option.Description!);

        private static void Section(StringBuilder page, string heading, IEnumerable<(string Name, string Text)> rows)
        {
            var shown = rows.ToList();
            if (shown.Count == 0) return;
            page.Append($"\n{heading}\n");
            foreach (var (name, text) in shown)
            {
                var lines = Wrap(text, NameColumn);
                page.Append(new string(' ', Indent));
                if (name.Length < NameColumn - Indent) page.Append(name.PadRight(NameColumn - Indent)).Append(lines[NameColumn..]);
                else page.Append(name).Append('\n').Append(lines);
            }
        }

        /// <summary>Breaks a text between words; every line is indented and ends in a line break.</summary>
        private static string Wrap(string text, int indent)
        {
            var wrapped = new StringBuilder();
            var line = new StringBuilder();
            foreach (var word in text.Split(' '))
            {
                if (line.Length > 0 && indent + line.Length + 1 + word.Length > Width)
                {
                    wrapped.Append(' ', indent).Append(line).Append('\n');
                    line.Clear();
                }
                line.Append(line.Length > 0 ? " " : "").Append(word);
            }
            return wrapped.Append(' ', indent).Append(line).Append('\n').ToString();
        }
    }
}
