using FsCheck;
using FsCheck.Fluent;
using W2S.Models.PyTorch;

namespace W2S.Models.Tests;

/// <summary>
/// Genuine files with bytes cut off and bits turned over: they are read, or refused with their name; nothing else ever happens.
/// </summary>
public sealed class DamagedFileTests
{
    private const int Rounds = 3000;

    // The reader's own bound for views that repeat (64 MiB), and a little for the rest; the files have up to 42 kB.
    private const long MaximalAllocation = 80 << 20;

    [SkippableFact]
    public void A_cut_file_is_refused_with_its_name()
    {
        var files = Files();
        Check.One(Settings, Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<PositiveInt>(), (which, cut) =>
        {
            var file = files[which.Get % files.Count];
            Assert.True(IsRefused(file.Name, file.Bytes[..(cut.Get * 7919 % file.Bytes.Length)]), file.Name);
        }));
    }

    [SkippableFact]
    public void Turned_bits_are_noticed_or_harmless()
    {
        var files = Files();
        var refused = 0;
        var manyChanges = ArbMap.Default.ArbFor<NonEmptyArray<(PositiveInt Place, byte Bits)>>();
        Check.One(Settings, Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), manyChanges, (which, changes) =>
        {
            var file = files[which.Get % files.Count];
            var damaged = (byte[])file.Bytes.Clone();
            foreach (var (place, bits) in changes.Get) damaged[place.Get * 7919 % damaged.Length] ^= bits;
            if (IsRefused(file.Name, damaged)) refused++;
        }));
        Assert.InRange(refused, Rounds / 10, Rounds);
    }

    [SkippableFact]
    public void Turned_bits_in_the_pickle_itself_are_noticed_or_harmless()
    {
        // Legacy files have no checksums, so damage reaches the machine; every single bit of them is tried.
        foreach (var (name, bytes) in Files().Where(file => file.Name.Contains("legacy", StringComparison.Ordinal)))
        {
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[bit / 8] ^= (byte)(1 << bit % 8);
                IsRefused(name, damaged);
            }
        }
    }

    private static Config Settings => Config.QuickThrowOnFailure.WithMaxTest(Rounds).WithQuietOnSuccess(true);

    private static bool IsRefused(string name, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            TensorFile.Read(new MemoryStream(bytes), name, _ => true);
            return false;
        }
        catch (InvalidDataException error)
        {
            Assert.StartsWith($"{name} ", error.Message);
            return true;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaximalAllocation);
        }
    }

    private static List<(string Name, byte[] Bytes)> Files() =>
        [.. SharedCheckpoints.Expected().Select(file => file.GetProperty("file").GetString()!)
            .Where(name => !name.EndsWith("broken.pt", StringComparison.Ordinal))
            .Select(name => (name, File.ReadAllBytes(SharedCheckpoints.Of(name))))];
}
