/**
 * Completion scripts for shells. Each runs `udpng complete`, which prints one candidate per line: the word, a tab, its description.
 * Without candidates, files are offered. The words typed are passed on unchanged: nothing in them is evaluated.
 */
export const SCRIPTS: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  bash: `# bash completion of udpng
_udpng() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(udpng complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _udpng udpng
`,
  zsh: `#compdef udpng
_udpng() {
  local word meaning
  local -a found
  while IFS=$'\\t' read -r word meaning; do
    found+=("\${word//:/\\\\:}:$meaning")
  done < <(udpng complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then
    _describe udpng found
  else
    _files
  fi
}
if [[ $funcstack[1] == _udpng ]]; then
  _udpng "$@"
else
  compdef _udpng udpng
fi
`,
  fish: `# fish completion of udpng
function __udpng_complete
  set --local words (commandline --tokenize --cut-at-cursor --current-process)[2..]
  set --local found (udpng complete -- $words (commandline --cut-at-cursor --current-token) 2>/dev/null)
  if set --query found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline --cut-at-cursor --current-token)
  end
end
complete --command udpng --no-files --arguments '(__udpng_complete)'
`,
}
