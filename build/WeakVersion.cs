using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace W2S.Build;

/// <summary>
/// Copies a shared library and makes its demand for one symbol version weak in the copy: a system that lacks the version
/// then loads it, and one that has it notices nothing. The source is never changed; a library without the demand is copied as it is.
/// </summary>
/// <remarks>
/// TorchSharp's libLibTorchSharp.so asks for GLIBCXX_3.4.32 (GCC 13) by one symbol that &lt;iostream&gt; mentions and nothing
/// calls; Debian 12 has 3.4.30. The step is refused where anything would really be bound to the version.
/// Compiled by MSBuild itself (RoslynCodeTaskFactory, .NET Standard 2.0), and by the tests.
/// </remarks>
public sealed class WeakVersion : Microsoft.Build.Utilities.Task
{
    /// <summary>The library to copy.</summary>
    public string Source { get; set; } = "";

    /// <summary>Where to; its folder is made. Replaced by a rename, so no build ever sees half of it.</summary>
    public string Destination { get; set; } = "";

    /// <summary>The version to be made weak: GLIBCXX_3.4.32.</summary>
    public string Version { get; set; } = "";

    /// <summary>The one symbol that may ask for it.</summary>
    public string Symbol { get; set; } = "";

    public override bool Execute()
    {
        try
        {
            var library = File.ReadAllBytes(Source);
            Weaken(library, Version, Symbol);
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            var half = Destination + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(half, library);
            Rename(half, Destination);
            return true;
        }
        catch (Exception error) when (error is InvalidDataException || error is IOException || error is UnauthorizedAccessException)
        {
            Log.LogError(
                "The copy of {0} that systems older than GCC 13 can load was not made: {1} If the package was not downloaded whole, "
                    + "delete its folder in the package cache and build again.",
                Source, error.Message);
            return false;
        }
    }

    // Atomic, whether or not an earlier build, or one that runs at the same time, has made the file.
    private static void Rename(string from, string to)
    {
        try
        {
            File.Move(from, to);
        }
        catch (IOException) when (File.Exists(to))
        {
            File.Replace(from, to, null);
        }
    }

    /// <summary>Sets VER_FLG_WEAK on the demand for <paramref name="version"/> in place; where there is none, changes nothing.</summary>
    /// <exception cref="InvalidDataException">
    /// It is no whole 64-bit little-endian ELF library, or something but the symbol needs the version.
    /// </exception>
    public static void Weaken(byte[] library, string version, string symbol)
    {
        try
        {
            new Elf(library).Weaken(version, symbol);
        }
        catch (Exception error) when (error is ArgumentException || error is IndexOutOfRangeException || error is OverflowException)
        {
            throw new InvalidDataException("it was cut short.");
        }
    }

    /// <summary>
    /// As much of an ELF library as is needed to find who demands which version (System V ABI; LSB, "Symbol Versioning").
    /// </summary>
    private sealed class Elf
    {
        private const int DynamicSegment = 2, LoadSegment = 1;
        private const long StringTable = 5, SymbolTable = 6, Relocations = 7, RelocationsSize = 8, CallRelocations = 23,
            CallRelocationsSize = 2;
        private const long Versions = 0x6ffffff0, Needs = 0x6ffffffe;
        private const int SymbolSize = 24, RelocationSize = 24, WeakFlag = 2;

        private readonly byte[] _bytes;
        private readonly List<(long Address, long Offset, long Size)> _loaded = new List<(long, long, long)>();
        private readonly Dictionary<long, long> _dynamic = new Dictionary<long, long>();

        public Elf(byte[] bytes)
        {
            _bytes = bytes;
            if (bytes.Length < 64 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F')
                throw new InvalidDataException("it is no ELF library.");
            if (bytes[4] != 2 || bytes[5] != 1) throw new InvalidDataException("it is not a 64-bit little-endian library.");
            var (segments, size, count) = (Long(32), Short(54), Short(56));
            long dynamic = -1, dynamicSize = 0;
            var end = Long(40) + Short(58) * Short(60); // of the table of sections, which linkers write last
            for (var i = 0; i < count; i++)
            {
                var header = segments + i * size;
                var (kind, offset, address, fileSize) = (Int(header), Long(header + 8), Long(header + 16), Long(header + 32));
                end = Math.Max(end, offset + fileSize);
                if (kind == LoadSegment) _loaded.Add((address, offset, fileSize));
                if (kind == DynamicSegment) (dynamic, dynamicSize) = (offset, fileSize);
            }
            if (end > bytes.Length) throw new InvalidDataException("it was cut short.");
            if (dynamic < 0) throw new InvalidDataException("it is no dynamic library.");
            for (var entry = dynamic; entry < dynamic + dynamicSize && Long(entry) != 0; entry += 16)
                _dynamic[Long(entry)] = Long(entry + 8);
        }

        public void Weaken(string version, string symbol)
        {
            if (!_dynamic.ContainsKey(Needs)) return;
            foreach (var (flags, index) in Demands(version))
            {
                MustBeOnly(symbol, index, version);
                _bytes[flags] |= WeakFlag;
            }
        }

        // Where the flags of each demand for the version are, and the number by which symbols refer to it.
        private IEnumerable<(long Flags, int Index)> Demands(string version)
        {
            long need = At(Needs), next;
            do
            {
                var auxiliary = need + Int(need + 8);
                for (var more = Short(need + 2); more > 0; more--, auxiliary += Int(auxiliary + 12))
                    if (Text(Int(auxiliary + 8)) == version) yield return (auxiliary + 4, Short(auxiliary + 6));
                next = Int(need + 12);
                need += next;
            } while (next != 0);
        }

        private void MustBeOnly(string symbol, int index, string version)
        {
            var (symbols, versions) = (At(SymbolTable), At(Versions));
            // The table of symbols does not say its length; the strings follow it in every linker's output.
            var count = (At(StringTable) - symbols) / SymbolSize;
            if (count <= 0) throw new InvalidDataException("its strings do not follow its symbols.");
            var bound = new HashSet<long>();
            for (var i = 0L; i < count; i++)
            {
                if ((Short(versions + 2 * i) & 0x7fff) != index) continue;
                var name = Text(Int(symbols + SymbolSize * i));
                if (name != symbol)
                    throw new InvalidDataException("its symbol " + name + " needs " + version + " as well as " + symbol + ".");
                bound.Add(i);
            }
            foreach (var (table, size) in new[] { (Relocations, RelocationsSize), (CallRelocations, CallRelocationsSize) })
            {
                if (!_dynamic.ContainsKey(table)) continue;
                var first = At(table);
                for (var relocation = first; relocation < first + _dynamic[size]; relocation += RelocationSize)
                    if (bound.Contains((long)((ulong)Long(relocation + 8) >> 32)))
                        throw new InvalidDataException("it really uses " + symbol + " of " + version + ".");
            }
        }

        private long At(long tag)
        {
            if (!_dynamic.TryGetValue(tag, out var address))
                throw new InvalidDataException("it lacks a table that a library with versions has.");
            foreach (var (start, offset, size) in _loaded)
                if (address >= start && address < start + size) return address - start + offset;
            throw new InvalidDataException("one of its tables is outside of the file.");
        }

        private string Text(long offset)
        {
            var start = checked((int)(At(StringTable) + offset));
            return Encoding.ASCII.GetString(_bytes, start, Array.IndexOf(_bytes, (byte)0, start) - start);
        }

        private int Short(long at) => BitConverter.ToUInt16(_bytes, checked((int)at));
        private long Int(long at) => BitConverter.ToUInt32(_bytes, checked((int)at));
        private long Long(long at) => BitConverter.ToInt64(_bytes, checked((int)at));
    }
}
