namespace W2S.Experiments;

internal sealed partial class GradientDescent
{
    /// <summary>
    /// The samples that one head is fitted on, every feature and the labels with mean 0 and spread 1. Gradient descent would
    /// take very long on features that hardly vary around a large mean, as pooled ones do; both maps are affine, so what is
    /// fitted is a linear head on the frozen representation all the same.
    /// </summary>
    private sealed class StandardisedSamples
    {
        // Features are float32, whose last place is 2^-23: one whose spread is below eight of them against its size is constant.
        // Labels are float64 and as exact as they are given: only equal ones are constant.
        private const double FeatureRounding = 8.0 / (1 << 23), LabelRounding = 0;

        // Of the widest feature's spread. Blocks that train would blow a unit up that hardly varied before them: MiniLM has one of 1e-30.
        private const double LeastShare = 0.01;

        private readonly double[] _means, _spreads;
        private readonly double _labelMean, _labelSpread;

        /// <exception cref="UserErrorException">A feature or a label is no finite number.</exception>
        public StandardisedSamples(HeadFit fit, int cell)
        {
            (Width, Count) = (fit.Features.Width, fit.Features.Samples);
            Inputs = new double[Count * Width];
            (_means, _spreads) = (new double[Width], new double[Width]);
            var features = fit.Features.Task(cell);
            for (var place = 0; place < Inputs.Length; place++) Inputs[place] = features[place];
            for (var unit = 0; unit < Width; unit++) (_means[unit], _spreads[unit]) = Standardise(Inputs, unit, Width, FeatureRounding);
            if (fit.Features is UnfrozenRepresentation.TableRows) Widen();
            (Labels, _labelMean, _labelSpread) = LabelsOf(fit, cell);
            MustBeFinite(fit, cell);
        }

        public int Width { get; }

        /// <summary>Samples.</summary>
        public int Count { get; }

        /// <summary>[samples, width]; a feature that does not vary is 0.</summary>
        public double[] Inputs { get; }

        /// <summary>[samples].</summary>
        public double[] Labels { get; }

        /// <summary>What was subtracted from each feature, and what it was divided by then; 0 where it does not vary.</summary>
        public (double[] Means, double[] Spreads) Standard => (_means, _spreads);

        /// <summary>Other labels of these samples, [samples], by the map that made <see cref="Labels"/>.</summary>
        public double[] InTheSameUnits(ReadOnlySpan<double> labels)
        {
            var mapped = labels.ToArray();
            foreach (ref var label in mapped.AsSpan()) label = (label - _labelMean) / (_labelSpread > 0 ? _labelSpread : 1);
            return mapped;
        }

        /// <summary>A head on these samples as one on the representation.</summary>
        /// <param name="raw">[width]: the weights.</param>
        /// <returns>The bias.</returns>
        public double InRepresentation(ReadOnlySpan<double> weights, double bias, Span<double> raw)
        {
            var offset = _labelMean + _labelSpread * bias;
            for (var unit = 0; unit < Width; unit++)
            {
                raw[unit] = _spreads[unit] > 0 ? weights[unit] * _labelSpread / _spreads[unit] : 0;
                offset -= raw[unit] * _means[unit];
            }
            return offset;
        }

        /// <summary>Divides features of a very small spread by a larger one.</summary>
        private void Widen()
        {
            var least = LeastShare * _spreads.Max();
            for (var unit = 0; unit < Width; unit++)
            {
                if (_spreads[unit] == 0 || _spreads[unit] >= least) continue;
                for (var place = unit; place < Inputs.Length; place += Width) Inputs[place] *= _spreads[unit] / least;
                _spreads[unit] = least;
            }
        }

        private static (double[] Labels, double Mean, double Spread) LabelsOf(HeadFit fit, int cell)
        {
            var labels = fit.Labels.Cell(cell).ToArray();
            var (mean, spread) = Standardise(labels, 0, 1, LabelRounding);
            return (labels, mean, spread);
        }

        private void MustBeFinite(HeadFit fit, int cell)
        {
            if (!double.IsFinite(_labelMean + _labelSpread + _means.Sum() + _spreads.Sum()))
                throw new UserErrorException(
                    $"No {fit.Stage} head can be fitted on cell {fit.Data.Cells[fit.First + cell]} of {fit.Data.Title}: a feature or a "
                    + "label is no finite number.");
        }

        private static (double Mean, double Spread) Standardise(double[] values, int column, int width, double rounding)
        {
            var count = values.Length / width;
            double mean = 0, squares = 0, least = double.PositiveInfinity, greatest = double.NegativeInfinity;
            for (var place = column; place < values.Length; place += width)
                (least, greatest) = (Math.Min(least, values[place]), Math.Max(greatest, values[place]));
            // Twice: the mean of a large offset is off by the rounding of its sum.
            for (var pass = 0; pass < 2; pass++)
            {
                var sum = 0.0;
                for (var place = column; place < values.Length; place += width) sum += values[place];
                for (var place = column; place < values.Length; place += width) values[place] -= sum / count;
                mean += sum / count;
            }
            for (var place = column; place < values.Length; place += width) squares += values[place] * values[place];
            var spread = Math.Sqrt(squares / count);
            if (least == greatest || spread <= rounding * Math.Max(Math.Abs(least), Math.Abs(greatest))) spread = 0;
            for (var place = column; place < values.Length; place += width) values[place] = spread > 0 ? values[place] / spread : 0;
            return (mean, spread);
        }
    }
}
