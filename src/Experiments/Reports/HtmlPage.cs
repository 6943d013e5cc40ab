using System.Globalization;

namespace W2S.Experiments;

/// <summary>What a report says beside the results.</summary>
/// <param name="Command">The command that makes this study again.</param>
/// <param name="Finished">When it was made; null leaves the date out.</param>
public sealed record ReportContext(string Command, DateTimeOffset? Finished = null);

/// <summary>What every report has around its contents: the document, the style, and how to make it again.</summary>
internal static class HtmlPage
{
    /// <param name="title">Of the browser's tab; text.</param>
    /// <param name="body">HTML.</param>
    internal static string Write(string title, string body, ReportContext context) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Html.Escape(title)}</title>
        <style>
        {ReportStyle.Css}
        </style>
        </head>
        <body>
        {body}<section>
        <h2>Make it again</h2>
        {Html.Code(context.Command)}<p class="muted">The numbers depend on the settings and seeds alone, times aside; every digit of them is in the files beside this page.</p>
        </section>
        </body>
        </html>

        """;

    /// <summary>" Finished 2026-01-02 03:04 UTC+00:00.", or empty.</summary>
    internal static string Finished(ReportContext context) =>
        context.Finished is { } finished ? $" Finished {finished.ToString("yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture)}." : "";
}
