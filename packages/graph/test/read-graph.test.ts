import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Component } from '@udpng/core'
import { formatDiagnostic, readGraph, readGraphFile } from '@udpng/graph'
import { afterAll, describe, expect, it } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'udpng-read-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const ECHO = {
  parts: {
    UDP: { component: 'PostboxPeer', localAddr: '127.0.0.1', localPort: 1500 },
    ANSWER: { component: 'Reply' },
  },
  linkages: { 'UDP.outbox': ['ANSWER.inbox'], 'ANSWER.outbox': 'UDP.inbox' },
}

describe('a graph file', () => {
  it.each([undefined, 2, '\t'])('GFL-01 can be JSON, with %j as indentation', (indent) => {
    const { graph, errors } = readGraph(JSON.stringify(ECHO, undefined, indent))
    expect(errors).toEqual([])
    expect(graph?.parts.map(({ name, component }) => [name, component])).toEqual([
      ['UDP', 'PostboxPeer'],
      ['ANSWER', 'Reply'],
    ])
    expect(graph?.parts[0]?.options).toEqual({ localAddr: '127.0.0.1', localPort: 1500 })
    expect(graph?.links).toHaveLength(2)
  })

  it('GFL-01 what is wrong with JSON has its line and column too', () => {
    const text = JSON.stringify(ECHO, undefined, '\t').replace('localPort', 'locatPort')
    const errors = readGraph(text, { file: 'echo.json' }).errors.map(formatDiagnostic)
    expect(errors).toEqual([
      'echo.json:6:4: PostboxPeer has no "locatPort"; did you mean localPort?',
    ])
  })

  it('GFL-02 errors and warnings are data', () => {
    expect(readGraph('parts:\n  A: { component: UDPSendr }\n', { file: 'a.yaml' })).toEqual({
      graph: undefined,
      errors: [
        {
          severity: 'error',
          file: 'a.yaml',
          line: 2,
          column: 19,
          message: 'unknown component "UDPSendr"; did you mean UDPSender?',
        },
      ],
      warnings: [],
    })
    const [warning] = readGraph('parts: { A: { component: ConsoleEchoer } }').warnings
    expect(warning).toMatchObject({ severity: 'warning', file: '<graph>', line: 1, column: 10 })
    expect(warning && formatDiagnostic(warning)).toBe(
      '<graph>:1:10: warning: A is linked to nothing',
    )
  })

  it('GFL-02 is read from a path, or from a stream', async () => {
    const file = join(directory, 'echo.json')
    writeFileSync(file, JSON.stringify(ECHO))
    expect((await readGraphFile(file)).graph?.parts).toHaveLength(2)
    const wrong = Readable.from([Buffer.from('parts:\n'), Buffer.from('  A: 3\n')])
    const { errors } = await readGraphFile(wrong)
    expect(errors.map(formatDiagnostic)).toEqual([
      '<stdin>:2:6: A is 3; it must be a map: a component, and its options',
    ])
    const missing = join(directory, 'missing.yaml')
    await expect(readGraphFile(missing)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: `cannot read ${missing}: no such file`,
    })
  })
})

describe('components of a program', () => {
  class Mine extends Component {
    override *main() {
      yield this.pause()
    }
  }
  class NotMine {}

  it('GFL-03 are known by the names that readGraph is given', () => {
    const text = 'parts: { A: { component: Mine }, B: { component: Yours } }'
    const { errors } = readGraph(text, { components: { Mine } })
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^unknown component "Yours"/),
    ])
  })

  it.each([
    ['Ticker', Mine, 'the name is already taken; choose another name'],
    ['a.b', Mine, 'a name has letters, digits, _ and -, begins with a letter, and is not self'],
    ['NotMine', NotMine, 'it is not a class that extends Component'],
    ['Base', Component, 'it is not a class that extends Component'],
    ['Text2', 'Mine', 'it is not a class that extends Component'],
  ])('GFL-03 %s is refused', (name, type, why) => {
    const components = { [name]: type } as unknown as Record<string, typeof Mine>
    expect(() => readGraph('', { components })).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: `cannot add the component ${name}: ${why}`,
      }),
    )
  })
})
