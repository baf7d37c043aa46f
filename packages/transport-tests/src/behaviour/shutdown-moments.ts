import { producerFinished } from '@udpng/core'
import { eventually } from 'test-support'
import { HandLookup } from '../rig/hand-lookup.js'
import type { Kind } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { type KindSubject, numbered, type Rig } from '../rig/rig.js'

/** A moment at which a peer is asked to end: the kinds of peers that have it, and how to bring them there. */
export const MOMENTS: readonly (readonly [
  name: string,
  applies: (kind: Kind) => boolean,
  begin: (kind: Kind, rig: Rig) => Promise<KindSubject>,
])[] = [
  ['before the start', () => true, async (kind, rig) => rig.make(kind, rig.endpoint().address)],
  ['as soon as it is bound', () => true, (kind, rig) => rig.begin(kind, rig.endpoint().address)],
  [
    'while it is idle',
    () => true,
    async (kind, rig) => {
      const subject = await rig.begin(kind, rig.endpoint().address)
      await quiet()
      return subject
    },
  ],
  [
    'with messages in its inbox',
    ({ sends }) => sends,
    async (kind, rig) => {
      const subject = await rig.begin(kind, rig.endpoint().address)
      subject.put(...numbered(100))
      return subject
    },
  ],
  [
    'while it sends',
    ({ sends }) => sends,
    async (kind, rig) => {
      const subject = await rig.begin(kind, rig.endpoint().address)
      subject.put(...numbered(1000))
      await quiet(1)
      return subject
    },
  ],
  [
    'during a look-up',
    ({ sends }) => sends,
    async (kind, rig) => {
      const { lookup } = new HandLookup()
      const subject = await rig.begin(kind, ['slow.test', 9], { lookup })
      subject.put(...numbered(100))
      await quiet()
      return subject
    },
  ],
  [
    'while its outbox is full',
    ({ receives }) => receives,
    async (kind, rig) => {
      const subject = await rig.begin(kind, undefined, { capacity: 1 })
      await rig.endpoint().send(subject.address, ...numbered(10))
      await eventually(() => subject.got.full)
      return subject
    },
  ],
  [
    'while it drains',
    ({ sends }) => sends,
    async (kind, rig) => {
      const { lookup } = new HandLookup()
      const options = { lookup, onProducerFinished: 'drain' } as const
      const subject = await rig.begin(kind, ['slow.test', 9], options)
      subject.put(...numbered(100))
      subject.peer.control.deliver(producerFinished())
      await quiet()
      return subject
    },
  ],
  [
    'while it lingers',
    ({ receives }) => receives,
    async (kind, rig) => {
      const options = { onProducerFinished: 'drain', lingerMs: 60_000 } as const
      const subject = await rig.begin(kind, undefined, options)
      subject.peer.control.deliver(producerFinished())
      await quiet()
      return subject
    },
  ],
]
