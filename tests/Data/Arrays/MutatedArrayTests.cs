using System.IO.Compression;
using System.Text;

namespace W2S.Data.Tests;

/// <summary>Files of every format with bytes changed, cut, doubled or exchanged: whatever they hold, they are read or refused.</summary>
public sealed class MutatedArrayTests : IDisposable
{
    /// <summary>Of each format; W2S_MUTATIONS asks for more.</summary>
    private static readonly int Mutations = int.Parse(Environment.GetEnvironmentVariable("W2S_MUTATIONS") ?? "2000");

    private static readonly string[] Words = ["999999999999", "-1", "0", "(", ")", "{", "}", "'", "\"", ",", ":", "[", "nan", "<f8", "|O", "\n", ";", "\t", "\uFEFF", "True"];

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"w2s-mutations-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a.npy")]
    [InlineData("a.npz")]
    [InlineData("deflated.npz")]
    [InlineData("a.safetensors")]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void No_bytes_end_in_anything_but_numbers_or_a_refusal(string name)
    {
        var whole = Sound(name);
        var path = Path.Combine(_folder, name);
        var read = 0;
        for (var mutation = 0; mutation < Mutations; mutation++)
        {
            var bytes = Mutated(whole, new RandomStream(1, $"mutations of {name}", mutation));
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var array = ArrayFile.Open(path, mutation % 3 == 0 ? new CsvFormat { Decimal = ',' } : null);
                var numbers = new double[array.Rows * array.Width];
                array.Read(0, numbers);
                read++;
            }
            catch (UserErrorException error)
            {
                Assert.Contains(name, error.Message);
            }
            catch (Exception other)
            {
                File.WriteAllBytes(Path.Combine(Path.GetTempPath(), $"mutation-{mutation}-{name}"), bytes);
                Assert.Fail($"Mutation {mutation}: {other}");
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
        }
        Assert.InRange(read, 1, Mutations - 1);
    }

    private static byte[] Sound(string name)
    {
        byte[] array = [0x93, .. "NUMPY"u8, 1, 0, 59, 0, .. "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"u8, .. new byte[24]];
        switch (name)
        {
            case "a.npy": return array;
            case "a.npz": return Archive(CompressionLevel.NoCompression);
            case "deflated.npz": return Archive(CompressionLevel.Optimal);
            case "a.safetensors":
                var header = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""";
                return [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.ASCII.GetBytes(header), .. new byte[24]];
            default:
                var text = "id,x,\"y \"\"1\"\"\"\r\na,1,2.5\r\nb,-3e2,\"0.4\"\r\nc,nan,inf\r\n".Replace("id,", ",").Replace("a,", "0,");
                return name == "a.csv" ? Encoding.UTF8.GetBytes(text) : TemporaryFolder.Packed(text);
        }

        byte[] Archive(CompressionLevel level)
        {
            var file = new MemoryStream();
            using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            {
                using var entry = archive.CreateEntry("a.npy", level).Open();
                entry.Write(array);
            }
            return file.ToArray();
        }
    }

    private static byte[] Mutated(byte[] whole, RandomStream random)
    {
        List<byte> bytes = [.. whole];
        for (var change = random.NextInt(4); change >= 0 && bytes.Count > 0; change--)
        {
            var at = random.NextInt(bytes.Count);
            var count = Math.Min(bytes.Count - at, 1 + random.NextInt(8));
            switch (random.NextInt(7))
            {
                case 0: bytes[at] = (byte)random.NextInt(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.NextInt(8)); break;
                case 2: bytes.RemoveRange(at, count); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.NextInt(Words.Length)])); break;
                default: for (var place = at; place < at + count; place++) bytes[place] = 0xFF; break;
            }
        }
        return [.. bytes];
    }
}
