import { UdpngError } from '@udpng/core'
import { importComponents } from '@udpng/graph'
import { describe, expect, it } from 'vitest'
import { read } from './read.js'

const directory = import.meta.dirname

/** What a module that cannot be used gives: one line. */
async function refusal(...modules: string[]): Promise<string> {
  const error = await importComponents(modules, directory).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(UdpngError)
  expect((error as UdpngError).code).toBe('BAD_OPTION')
  expect((error as UdpngError).message).not.toContain('\n')
  return (error as UdpngError).message.replaceAll(directory, '')
}

describe('custom components', () => {
  it('CLI-59 a module’s components are known by the names that it exports them', async () => {
    const components = await importComponents(['./modules/good.mjs'], directory)
    expect(Object.keys(components)).toEqual(['Times'])
    const text = `
parts:
  TICK: { component: Ticker, intervalMs: 10 }
  TIMES: { component: Times, factor: 3 }
  MORE: { component: Times }
  OUT: { component: ConsoleEchoer }
linkages: { TICK.outbox: TIMES.inbox, TIMES.outbox: MORE.inbox, MORE.outbox: OUT.inbox }`
    expect(read(text, { file: 'f.yaml', components })).toMatchObject({
      errors: [],
      warnings: [],
    })
  })

  it('CLI-59 their options, boxes and failures are reported at their places', async () => {
    const components = await importComponents(['./modules/good.mjs'], directory)
    const text = `
parts:
  BAD: { component: Times, factor: three }
  UNLUCKY: { component: Times, factor: 13 }
  GOOD: { component: Times }
linkages: { GOOD.outbx: GOOD.inbox, GOOD.outbox: GOOD.input }`
    expect(read(text, { file: 'f.yaml', components }).errors).toEqual([
      'f.yaml:3:28: factor is three; it must be a number',
      'f.yaml:4:25: Times cannot be created: that is unlucky',
      'f.yaml:6:13: GOOD has no outbox "outbx"; GOOD has the outboxes signal, outbox',
      'f.yaml:6:50: GOOD has no inbox "input"; GOOD has the inboxes control, inbox',
    ])
  })

  it('CLI-59 a package is found from where one is', async () => {
    const found = importComponents(['@udpng/flow', './modules/good.mjs'], directory)
    await expect(found).rejects.toThrow(/@udpng\/flow exports \w+, but that name is already taken/)
  })

  it.each([
    ['clash.mjs', './modules/clash.mjs exports Ticker, but that name is already taken'],
    [
      'none.mjs',
      './modules/none.mjs exports no component by name; it exports Component, Scheduler, answer',
    ],
    [
      'foreign.mjs',
      'Other of ./modules/foreign.mjs extends Component of another copy of @udpng/core; see npm ls @udpng/core',
    ],
    ['throws.mjs', 'cannot import ./modules/throws.mjs: not today'],
  ])('CLI-59 %s is refused', async (file, message) => {
    expect(await refusal(`./modules/${file}`)).toBe(message)
  })

  it('CLI-59 a module that is not there, and the same one twice, are refused', async () => {
    expect(await refusal('./nowhere.mjs')).toMatch(
      /^cannot import \.\/nowhere\.mjs: Cannot find module/,
    )
    expect(await refusal('no-such-package')).toMatch(/^cannot import no-such-package: Cannot find/)
    expect(await refusal('./modules/good.mjs', 'modules/good.mjs')).toBe(
      'modules/good.mjs exports Times, but that name is already taken',
    )
  })
})
