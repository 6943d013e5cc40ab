using System.Diagnostics;
using System.Text.RegularExpressions;

namespace W2S.Runs.Launchers;

internal sealed partial class SlurmLauncher
{
    /// <summary>Slurm's own commands, found on the PATH.</summary>
    /// <param name="searchPath">Folders separated by colons.</param>
    internal sealed partial class Commands(string searchPath)
    {
        /// <summary>The entries of an array where nothing says how many there may be: Slurm's default.</summary>
        private const int DefaultLargestArray = 1001;

        public static Commands OfMachine => new(Environment.GetEnvironmentVariable("PATH") ?? "");

        /// <summary>Submits a script.</summary>
        /// <returns>The job's id, without the cluster's name that may follow it.</returns>
        /// <exception cref="UserErrorException">
        /// There is no sbatch, or Slurm rejects the script; its own words are in the message.
        /// </exception>
        public string Submit(IReadOnlyList<string> arguments)
        {
            var (exitCode, output, errors) = Run(Find("sbatch") ?? throw new UserErrorException(
                "There is no sbatch on the PATH, so Slurm cannot be reached from here. Run this on the cluster's login node (perhaps after "
                + "\"module load slurm\"), or use --launcher local. cluster/local-slurm.sh starts a Slurm on this machine to try things "
                + "with."), arguments);
            var id = output.Trim().Split('\n')[^1].Split(';')[0];
            if (exitCode == 0 && id.Length > 0 && id.All(char.IsAsciiDigit)) return id;
            var said = (errors.Trim() + "\n" + output.Trim()).Trim();
            throw new UserErrorException(
                $"Slurm rejected {arguments[^1]}:\n{(said.Length > 0 ? said : $"(it said nothing; sbatch's exit code is {exitCode})")}");
        }

        /// <summary>How many tasks an array may have; their numbers go from 0 to one less.</summary>
        public int LargestArray()
        {
            if (Find("scontrol") is not { } scontrol) return DefaultLargestArray;
            var (exitCode, output, _) = Run(scontrol, ["show", "config"]);
            var found = MaxArraySize().Match(output);
            return exitCode == 0 && found.Success
                && int.TryParse(found.Groups[1].Value, CultureInfo.InvariantCulture, out var size) && size > 0
                ? size
                : DefaultLargestArray;
        }

        [GeneratedRegex(@"^MaxArraySize\s*=\s*(\d+)", RegexOptions.Multiline)]
        private static partial Regex MaxArraySize();

        private string? Find(string program) => searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

        private static (int ExitCode, string Output, string Errors) Run(string program, IReadOnlyList<string> arguments)
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
    }
}
