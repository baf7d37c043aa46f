import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type End, Running } from 'test-support'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { candidates } from '../src/completion/candidates.js'
import { makeProgram } from '../src/main.js'
import { needs, Udpng } from './command.js'

const udpng = new Udpng()
const offered = (...words: string[]) => candidates(makeProgram(), words).map(({ value }) => value)

/** A folder with `udpng`, for the path of a shell. */
let bin: string
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'udpng-bin-'))
  const line = `exec '${process.execPath}' '${udpng.program.path}' "$@"`
  writeFileSync(join(bin, 'udpng'), `#!/bin/sh\n${line}\n`, { mode: 0o755 })
})
afterAll(() => rmSync(bin, { recursive: true }))

function shell(name: string, script: string): Promise<End> {
  const environment = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, HOME: bin }
  return new Running(name, ['-c', script], environment).end
}

describe('completion', () => {
  it('CLI-22 offers commands, options, and the values that an option or argument may have', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['send', 'listen', 'completion', 'help']))
    expect(offered('')).not.toContain('complete')
    expect(offered('li')).toEqual(['listen'])
    expect(offered('help', 'li')).toEqual(['listen'])
    expect(offered('send', ':1', '--re')).toEqual(['--repeat'])
    expect(offered('send', ':1', '-')).toEqual(expect.arrayContaining(['-6', '--ipv6', '--help']))
    expect(offered('exec', '--')).toEqual(expect.arrayContaining(['--inspect', '--record']))
    expect(offered('bench', '--transport', '')).toEqual(['dgram', 'native'])
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(offered('completion', 'bash', '')).toEqual([])
  })

  it('CLI-22 offers nothing where only the person knows', () => {
    expect(offered('send', '')).toEqual([])
    expect(offered('send', ':1', '--rate', '')).toEqual([])
    expect(offered('nothing', '')).toEqual([])
    expect(offered()).toEqual(offered(''))
  })

  it('CLI-22 bash completes, also when it was sourced twice; nothing that was typed is evaluated', async ({
    skip,
  }) => {
    needs(skip, 'bash')
    const { stdout, stderr } = await shell(
      'bash',
      `source <(udpng completion bash); source <(udpng completion bash)
       ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _udpng; echo "$\{COMPREPLY[*]}"; }
       ask udpng l
       ask udpng send '$(touch ${bin}/evaluated)' --re
       ask udpng send 127.0.0.1 : 15
       complete -p udpng`,
    )
    expect(stderr).toBe('')
    expect(stdout).toBe('listen\n--repeat\n\ncomplete -o default -F _udpng udpng\n')
    expect(existsSync(join(bin, 'evaluated'))).toBe(false)
  })

  it('CLI-22 fish completes', async ({ skip }) => {
    needs(skip, 'fish')
    const { stdout } = await shell(
      'fish',
      `udpng completion fish | source; complete -C 'udpng bench --transport n'`,
    )
    expect(stdout).toMatch(/^native\t/)
  })

  it('CLI-22 zsh takes the script', async ({ skip }) => {
    needs(skip, 'zsh')
    const { stdout, stderr } = await shell(
      'zsh',
      `autoload -Uz compinit; compinit -u; source <(udpng completion zsh); echo $_comps[udpng]`,
    )
    expect([stdout, stderr]).toEqual(['_udpng\n', ''])
  })
})
