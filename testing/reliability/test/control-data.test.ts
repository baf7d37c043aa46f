import {
  anyControlData,
  attempt,
  corpus,
  expectedStride,
  findAddon,
  finding,
  Random,
  seed,
  sizeOf,
} from 'reliability'
import { expect, it } from 'vitest'

/** Bytes that the addon takes at most. */
const MAX_BYTES = 48

it('REL-04 NAT-19 whatever the control data of a read is, its stride is what the headers say', (context) => {
  const addon = findAddon()
  if (addon instanceof Error) return context.skip(`no addon: ${addon.message.split('\n')[0]}`)
  const random = new Random(seed)
  const count = sizeOf({ fast: 50_000, long: 1_000_000 })
  let strides = 0
  finding(context, 'control data', () => `${count} pieces, of which ${strides} have a stride`)
  const check = (hex: string): void => {
    const data = Buffer.from(hex, 'hex')
    const stride = addon.strideOf(new Uint8Array(data), new Uint8Array(48))
    if (stride > 0) strides++
    expect(stride).toBe(expectedStride(data))
  }
  for (const hex of corpus<string>('control-data')) attempt('control-data', seed, hex, check)
  for (let n = 0; n < count; n++)
    attempt('control-data', seed, anyControlData(random, MAX_BYTES).toString('hex'), check)
  expect(strides).toBeGreaterThan(count / 20)
})
