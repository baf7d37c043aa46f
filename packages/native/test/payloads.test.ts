import { Rig, udpReceiver, udpSender } from '@udpng/transport-tests/tools'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { available } from './available.js'

const transport = available()

describe.skipIf(!transport)('payloads', () => {
  it('NAT-17 shared, resizable, sliced and empty ones are sent as they are, and a detached one is reported', async () => {
    const rig = new Rig(transport as never, 4)
    const receiver = await rig.begin(udpReceiver)
    const sender = await rig.begin(udpSender, receiver.address)
    const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(1)
    // TypeScript does not know them at this target.
    const Resizable = ArrayBuffer as unknown as new (
      length: number,
      options: object,
    ) => ArrayBuffer & { resize(length: number): void }
    const buffer = new Resizable(4, { maxByteLength: 8 })
    const resized = new Uint8Array(buffer).fill(2)
    buffer.resize(6)
    const outside = new Uint8Array(buffer, 4, 2)
    buffer.resize(4)
    const detached = new Uint8Array(4)
    structuredClone(detached, { transfer: [detached.buffer] })
    sender.put(shared, resized, outside, detached, new Uint8Array(0), shared.subarray(1, 3))
    const got = (await receiver.received(5)).map(([data]) => data.toString('hex'))
    const [report] = await sender.reported(1)
    expect(report).toMatchObject({
      code: 'BAD_MESSAGE',
      message: expect.stringMatching(/was transferred/),
    })
    expect(got).toEqual(['01010101', '02020202', '', '', '0101'])
  })

  it('NAT-17 what becomes of a payload once it is sent changes nothing', async () => {
    const rig = new Rig(transport as never, 4)
    const receiver = await rig.begin(udpReceiver)
    const sender = await rig.begin(udpSender, receiver.address)
    const payload = Uint8Array.from(Buffer.from('as it was')) // in memory of its own, that can be given away
    sender.put(payload)
    await eventually(() => sender.peer.stats.sent === 1)
    payload.fill(0)
    structuredClone(payload, { transfer: [payload.buffer] })
    expect(await receiver.texts(1)).toEqual(['as it was'])
  })
})
