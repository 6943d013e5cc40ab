namespace W2S.Cli;

/// <summary>`doctor`: what the machine offers, and what to do about each problem.</summary>
internal sealed class DoctorCommand : DocumentedCommand
{
    public DoctorCommand() : base("doctor", "Examines the machine and says what to do about each problem.",
        "Shows which libtorch is used, from where and its version, whether it computes reproducibly, its threads and CUDA devices, the processor "
        + "and the folders that runs are written to. Exits with 1 if something keeps W2S from running at its best.")
    {
        AddExample("doctor", "Look at everything:");
        SetAction(_ => Show(Doctor.Examine("runs", "checkpoints")));
    }

    private static int Show(IReadOnlyList<Doctor.Finding> findings)
    {
        var width = findings.Max(finding => finding.Name.Length);
        foreach (var finding in findings)
        {
            Console.WriteLine($"{(finding.Problem == null ? "ok " : "!! ")} {finding.Name.PadRight(width)}  {finding.Value}");
            if (finding.Problem == null) continue;
            Console.WriteLine($"      Problem: {finding.Problem}");
            Console.WriteLine($"      Remedy:  {finding.Remedy}");
        }
        return findings.Any(finding => finding.Problem != null) ? ExitCodes.Failed : ExitCodes.Done;
    }
}
