using System.IO.Compression;
using System.Runtime.InteropServices;

namespace W2S.Experiments;

/// <summary>
/// Writes what a representation says of a table's rows, with their identifiers in X.ids.csv and what it is in X.npy.json
/// (<see cref="FeatureCard"/>) beside. The file of features comes last, so where it is the others are.
/// </summary>
/// <param name="force">Whether another file of that name is replaced.</param>
/// <param name="command">For the card.</param>
internal sealed class FeatureExport(string path, bool force, string command, RunServices run)
{
    private const string TensorName = "features";

    /// <summary>What the file may be called.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".npy", ".safetensors", ".csv", ".csv.gz"];

    /// <summary>Computes and writes, unless the same features are there already.</summary>
    /// <param name="pooling">What stands for an example, where the representation is an encoder.</param>
    /// <returns>What was written, or found.</returns>
    /// <exception cref="UserErrorException">A row cannot be read, or the file is another's.</exception>
    /// <exception cref="StoppedException">Asked to stop; nothing is written.</exception>
    public FeatureCard Write(ILabelledTable table, IRepresentation representation, string? pooling)
    {
        RequireEnding(path);
        var identifiers = Identifiers(table);
        var card = new FeatureCard
        {
            File = Path.GetFileName(path), Sha256 = "", Rows = table.Labels.Count, Width = representation.Width,
            Representation = representation.Name,
            Description = representation.Description, RepresentationSha256 = representation.Digest, Pooling = pooling, Data = table.Name,
            DataSha256 = table.Digest, RowsSha256 = Checksum.OfText(identifiers), Command = command,
        };
        if (Found(card) is { } found) return found;
        if (!force && File.Exists(ArrayFile.IdentifierFileOf(path)) && Checksum.OfFile(ArrayFile.IdentifierFileOf(path)) != card.RowsSha256)
            throw new UserErrorException(
                $"{ArrayFile.IdentifierFileOf(path)} is there already and names other rows. Give another --out, or --force to replace it.");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var rows = representation.Rows(new Examples.OfTable(0, table, [[.. Enumerable.Range(0, table.Labels.Count)]]));
        var partial = path + ".tmp";
        try
        {
            using (var file = File.Create(partial))
            {
                Write(file, rows, table, card);
                file.Flush(flushToDisk: true);
            }
            card = card with { Sha256 = Checksum.OfFile(partial) };
            AtomicFile.WriteAllText(ArrayFile.IdentifierFileOf(path), identifiers);
            if (table is MoleculeData { Rejected: { Count: > 0 } rejected })
                AtomicFile.WriteAllText(ArrayFile.RejectedFileOf(path), MoleculeData.RejectedRow.Csv(rejected));
            card.Write(FeatureCard.FileOf(path));
            File.Move(partial, path, overwrite: true);
            PosixFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return card;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <exception cref="UserErrorException">No format has that name.</exception>
    public static void RequireEnding(string path)
    {
        if (!Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            throw new UserErrorException(
                $"--out {path}: features are written to files that end in {string.Join(", ", Endings)}. Give one of these names.");
    }

    /// <summary>Each row's identifier, and its SMILES where it is a molecule.</summary>
    private static string Identifiers(ILabelledTable table) => table is MoleculeData molecules
        ? $"{ArrayFile.IdentifierColumn},smiles\n{Lines(table, row => $",{CsvTable.Cell(molecules.Smiles[row])}")}"
        : $"{ArrayFile.IdentifierColumn}\n{Lines(table, _ => "")}";

    private static string Lines(ILabelledTable table, Func<int, string> rest) =>
        string.Concat(Enumerable.Range(0, table.Labels.Count).Select(row => $"{CsvTable.Cell(Named(table, row))}{rest(row)}\n"));

    private static string Named(ILabelledTable table, int row) =>
        (table as MoleculeData)?.IdentifierOf(row) ?? table.Identifiers?[row] ?? row.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same features from an earlier call.</summary>
    private FeatureCard? Found(FeatureCard wanted)
    {
        if (!File.Exists(path) || force) return null;
        var card = FeatureCard.Beside(path);
        if (card == null || card with { Sha256 = "", Command = wanted.Command, Description = wanted.Description } != wanted)
            throw new UserErrorException(
                $"{path} is there already and holds "
                + $"{(card == null ? "something else" : $"other features ({card.Description}; {card.Data})")}. "
                + "Give another --out, or --force to replace it.");
        if (Checksum.OfFile(path) != card.Sha256 || !File.Exists(ArrayFile.IdentifierFileOf(path))) return null;
        run.Log.Information("{Path} is there already with these features; nothing was computed (--force would write it anew)", path);
        return card;
    }

    private void Write(Stream file, FeatureRows rows, ILabelledTable table, FeatureCard card)
    {
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            file.Write(Safetensors.Header(TensorName, rows.Samples, rows.Width, new Dictionary<string, string>
            {
                ["representation"] = card.Representation, ["representation_sha256"] = card.RepresentationSha256,
                ["data"] = card.Data, ["rows_sha256"] = card.RowsSha256,
            }));
            Blocks(rows, (_, block) => file.Write(MemoryMarshal.AsBytes(block)));
        }
        else if (path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            var writer = new NpyFile.Writer(file, rows.Samples, rows.Width);
            Blocks(rows, (_, block) => writer.Write(block));
            writer.Complete();
        }
        else if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            using var packed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            WriteText(packed, rows, table);
        }
        else WriteText(file, rows, table);
    }

    /// <summary>A header, and first in each row its identifier under an empty name, as pandas writes its index.</summary>
    private void WriteText(Stream file, FeatureRows rows, ILabelledTable table)
    {
        using var text = new StreamWriter(file, leaveOpen: true) { NewLine = "\n" };
        foreach (var column in Enumerable.Range(0, rows.Width)) text.Write(string.Create(CultureInfo.InvariantCulture, $",f{column}"));
        text.WriteLine();
        Blocks(rows, (first, block) =>
        {
            for (var row = 0; row < block.Length / rows.Width; row++)
            {
                text.Write(CsvTable.Cell(Named(table, first + row)));
                foreach (var value in block.Slice(row * rows.Width, rows.Width))
                {
                    text.Write(',');
                    text.Write(value.ToString(CultureInfo.InvariantCulture));
                }
                text.Write('\n');
            }
        });
    }

    private void Blocks(FeatureRows rows, FeatureMoments.BlockAction write)
    {
        using var item = run.Progress.Begin(Path.GetFileName(path), "rows", rows.Samples);
        FeatureMoments.ForBlocks(rows.Samples, rows.Width, (first, values) => rows.Read(0, first, values), (first, values) =>
        {
            run.Stop.ThrowIfSet();
            write(first, values);
            item.Report(first + values.Length / rows.Width);
        });
    }
}
