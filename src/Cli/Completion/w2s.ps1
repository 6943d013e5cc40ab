# Completion of W2S for PowerShell: dot-source this file in $PROFILE.
Register-ArgumentCompleter -Native -CommandName 'run.sh', './run.sh', 'W2S' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $program = $commandAst.CommandElements[0]
    # What stands before the cursor, which may be within the command, or behind blanks that are no part of it.
    $typed = $cursorPosition - $commandAst.Extent.StartOffset
    $line = $commandAst.Extent.Text.PadRight($typed).Substring(0, $typed)
    $rest = $line.Substring([Math]::Min($line.Length, $program.Extent.EndOffset + 1 - $commandAst.Extent.StartOffset))
    & $program.Value "[complete:$($rest.Length)]" $rest 2>$null | ForEach-Object {
        $label, $detail = $_ -split "`t", 2
        [System.Management.Automation.CompletionResult]::new($label, $label, 'ParameterValue', $(if ($detail) { $detail } else { $label }))
    }
}
