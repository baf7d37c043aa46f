import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatagramTransport } from '@udpng/basic-peer'
import { describeTransport } from '@udpng/transport-tests'
import { afterAll, describe, expect, it } from 'vitest'
import { supports } from './dgram-supports.js'

// PKG-26: the transport of docs/write-a-transport.md, as it stands there, passes the suite that the page says to run.
const page = readFileSync(join(import.meta.dirname, '../../../docs/write-a-transport.md'), 'utf8')
const [, program = ''] = /```ts run\n(.*?)```/s.exec(page) ?? []
const file = join(import.meta.dirname, `.program-write-a-transport.ts`)
writeFileSync(file, program)
afterAll(() => rmSync(file))
const { MeteredTransport } = (await import(/* @vite-ignore */ file)) as {
  readonly MeteredTransport: new () => DatagramTransport & { readonly meter: Map<string, number> }
}

describe('PKG-26 the transport of the page "Write a transport"', () => {
  const transport = new MeteredTransport()

  describeTransport(transport, supports)

  it('PKG-26 counts the bytes of each destination', () => {
    expect([...transport.meter.values()].every((bytes) => bytes >= 0)).toBe(true)
    expect(Math.max(...transport.meter.values())).toBeGreaterThan(0)
  })
})
