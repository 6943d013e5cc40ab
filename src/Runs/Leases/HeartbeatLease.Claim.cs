using System.Text;

namespace W2S.Runs.Leases;

internal sealed partial class HeartbeatLease
{
    /// <summary>Who holds a lease.</summary>
    /// <param name="Nonce">Of this claim alone.</param>
    /// <param name="Host">The machine's name, for people.</param>
    /// <param name="Process">Its number there.</param>
    /// <param name="Started">When that process started, as the system counts: numbers of processes are used again.</param>
    /// <param name="System">
    /// The machine's boot and its space of process numbers: only within the same one does a number mean anything.
    /// </param>
    /// <param name="Since">When it was taken.</param>
    internal sealed record Claim(string Nonce, string Host, int Process, long Started, string System, DateTimeOffset Since)
    {
        private static readonly string ThisSystem = FindSystem();
        private static readonly long ThisStart = StartOf(Environment.ProcessId) ?? 0;

        public static Claim Mine(DateTimeOffset now) =>
            new(Guid.NewGuid().ToString("N"), Environment.MachineName, Environment.ProcessId, ThisStart, ThisSystem, now);

        /// <summary>False only where it is known that the process is gone; of other machines nothing is known but the beats.</summary>
        public bool HolderIsAlive() => System != ThisSystem || System == "" || StartOf(Process) == Started;

        public override string ToString() => $"process {Process} on {Host} since {Since:yyyy-MM-dd HH:mm:ss} UTC";

        /// <summary>One field a line; always of the same length for the same claim, so that it can be written over itself.</summary>
        internal byte[] ToBytes() => Encoding.UTF8.GetBytes($"{Nonce}\n{Host}\n{Process}\n{Started}\n{System}\n{Since:O}\n");

        /// <summary>Null where there is no lease, or it is not (yet) whole.</summary>
        internal static Claim? Read(string path)
        {
            try
            {
                using var file = new StreamReader(
                    new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
                var fields = file.ReadToEnd().Split('\n');
                return fields.Length == 7 && int.TryParse(fields[2], out var process) && long.TryParse(fields[3], out var started)
                    && DateTimeOffset.TryParse(fields[5], out var since)
                    ? new Claim(fields[0], fields[1], process, started, fields[4], since)
                    : null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        /// <summary>Empty where the system cannot say; then nothing is concluded from process numbers.</summary>
        private static string FindSystem()
        {
            try
            {
                return $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {new FileInfo("/proc/self/ns/pid").LinkTarget}";
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }

        /// <summary>The start of a process in clock ticks since boot; null where there is no such process, or it is a zombie.</summary>
        private static long? StartOf(int process)
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{process}/stat");
                // The name, in parentheses, may hold anything; state is the first field after it, start time the 20th.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] is "Z" or "X" ? null : long.Parse(fields[19]);
            }
            catch (Exception error)
                when (error is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
            {
                return null;
            }
        }
    }
}
