import { describe, expect, it } from 'vitest'
import { Segmentation } from '../src/segmentation.js'

const [EIO, EINVAL] = [5, 22]

describe('the longest datagram of a message that the kernel cuts', () => {
  it('NAT-08 is shorter than every one that was refused, and none after EIO', () => {
    const segmentation = new Segmentation(65_507)
    expect(segmentation.limit).toBe(65_507)
    for (const [segment, errno, limit] of [
      [1400, EINVAL, 1399],
      [9000, EINVAL, 1399],
      [500, EINVAL, 499],
      [1200, EIO, 0],
    ] as const) {
      segmentation.refused(segment, errno)
      expect(segmentation.limit).toBe(limit)
    }
  })

  it('NAT-24 is what it was once 4096 datagrams were sent after the last refusal', () => {
    const segmentation = new Segmentation(65_507)
    segmentation.sent(5000)
    segmentation.refused(1400, EINVAL)
    segmentation.sent(4000)
    segmentation.refused(1300, EINVAL)
    segmentation.sent(4095)
    expect(segmentation.limit).toBe(1299)
    segmentation.sent(1)
    expect(segmentation.limit).toBe(65_507)
    segmentation.refused(1400, EINVAL)
    segmentation.sent(5000)
    expect(segmentation.limit).toBe(65_507)
    segmentation.refused(1400, EINVAL)
    expect(segmentation.limit).toBe(1399)
  })
})
