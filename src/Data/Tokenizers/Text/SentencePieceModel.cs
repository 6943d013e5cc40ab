namespace W2S.Data;

/// <summary>
/// A SentencePiece model file: pieces with scores, and the map of characters that text goes through. Format:
/// sentencepiece_model.proto.
/// </summary>
internal static class SentencePieceModel
{
    private const ulong Unigram = 1, Normal = 1;

    /// <returns>Pieces in the order of their numbers, those that no text has with the score −∞; the map, or null.</returns>
    /// <exception cref="UserErrorException">The file is damaged, or its algorithm is not unigram.</exception>
    public static (List<(string Piece, double Score)> Pieces, byte[]? Map) Read(string path)
    {
        var (pieces, algorithm) = (new List<(string, double)>(), Unigram);
        byte[]? map = null;
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (ModelFile.Foreign(bytes) is { } other) throw new UserErrorException($"{path} is {other}");
            for (var field = new ProtobufFields(bytes, problem => new InvalidDataException(problem)); field.Next();)
            {
                switch (field.Number)
                {
                    case 1: pieces.Add(Piece(field.Message)); break;
                    case 2:
                        for (var trainer = field.Message; trainer.Next();)
                            if (trainer.Number == 3) algorithm = trainer.Bits;
                        break;
                    case 3:
                        for (var normalizer = field.Message; normalizer.Next();)
                            if (normalizer.Number == 2 && normalizer.Content.Length > 0) map = normalizer.Content.ToArray();
                        break;
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException($"{path} is no SentencePiece model: {error.Message}.");
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new UserErrorException($"{path} cannot be read: {error.Message.TrimEnd('.')}.");
        }
        if (pieces.Count < 4) throw new UserErrorException($"{path} is no SentencePiece model: it has {pieces.Count} pieces.");
        return algorithm == Unigram
            ? (pieces, map)
            : throw new UserErrorException(
                $"{path}: trainer_spec.model_type is {algorithm}, but W2S reads unigram models of SentencePiece ({Unigram}) only.");
    }

    private static (string, double) Piece(ProtobufFields field)
    {
        var (text, score, type) = ("", 0f, Normal);
        while (field.Next())
        {
            switch (field.Number)
            {
                case 1: text = field.Text; break;
                case 2: score = BitConverter.UInt32BitsToSingle((uint)field.Bits); break;
                case 3: type = field.Bits; break;
            }
        }
        return (text, type == Normal ? score : double.NegativeInfinity);
    }
}
