import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Udpng } from './command.js'

const udpng = new Udpng()
const directory = mkdtempSync(join(tmpdir(), 'udpng-picture-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const graphs = join(import.meta.dirname, '../../graph/test')

describe('udpng graph', () => {
  it('CLI-65 on standard output, or into a file', async () => {
    const file = join(graphs, 'good/echo.yaml')
    const chart = await udpng.run('graph', file).end
    expect(chart).toMatchObject({ code: 0, stderr: '' })
    expect(chart.stdout.match(/ -- ".+" --> | -\. ".+" \.-> /g)).toHaveLength(3)
    const output = join(directory, 'echo.svg')
    const picture = await udpng.run('graph', file, '--svg', '-o', output).end
    expect(picture).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(output, 'utf8').match(/<title>/g)).toHaveLength(3)
  })

  it('CLI-65 a file with mistakes is not drawn; what cannot be written is reported', async () => {
    const wrong = join(graphs, 'wrong/unknown-part.yaml')
    const { code, stdout, stderr } = await udpng.run('graph', wrong).end
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('unknown-part.yaml:7:3: there is no part "RAED"; did you mean READ?\n')
    const file = join(graphs, 'good/echo.yaml')
    const unwritten = await udpng.run('graph', file, '-o', join(directory, 'no/such/folder')).end
    expect(unwritten).toMatchObject({ code: 2, stdout: '' })
    expect(unwritten.stderr).toMatch(/^udpng: cannot write \S+: ENOENT.*\n$/)
  })
})
