import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import type { ComponentType, PartOptions } from './component-type.js'
import { define } from './define.js'
import {
  commonOptions,
  connectedOptions,
  localOptions,
  queueOptions,
  receiverOptions,
  sourceOptions,
  twoWayOptions,
} from './peer-options.js'

/** The five peers. */
export function peerTypes(): ComponentType[] {
  /** In a program producerFinished does not end peers that receive; an interrupt has to end a graph. */
  const drains = { onProducerFinished: 'drain' } as const
  return [
    define({
      name: 'UDPReceiver',
      summary: 'emits every datagram that arrives at its port',
      options: () => ({ ...localOptions(), ...commonOptions() }),
      boxes: { takes: {}, sends: { outbox: ['datagram'], errors: ['error'] } },
      make: (options) => new UDPReceiver({ ...drains, ...options }),
    }),
    define({
      name: 'UDPSender',
      summary: 'sends text or bytes to one receiver',
      options: () => ({
        ...sourceOptions(),
        ...receiverOptions(),
        ...connectedOptions(),
        ...queueOptions(),
        ...commonOptions(),
      }),
      boxes: { takes: { inbox: ['text', 'bytes'] }, sends: { errors: ['error'] } },
      // Its type asks for a port; whether there is one is checked by the constructor.
      make: (options) => new UDPSender(options as PartOptions & { receiverPort: number }),
    }),
    define({
      name: 'SimplePeer',
      summary: 'sends text or bytes to one receiver, and emits every datagram that arrives',
      options: () => ({
        ...localOptions(),
        ...receiverOptions(),
        ...twoWayOptions(),
        ...connectedOptions(),
        ...queueOptions(),
        ...commonOptions(),
      }),
      boxes: {
        takes: { inbox: ['text', 'bytes'] },
        sends: { outbox: ['datagram'], errors: ['error'] },
      },
      make: (options) => new SimplePeer({ ...drains, ...options }),
    }),
    define({
      name: 'TargettedPeer',
      summary: 'a SimplePeer whose receiver is replaced by each address that arrives at target',
      options: () => ({
        ...localOptions(),
        ...receiverOptions(),
        ...twoWayOptions(),
        ...queueOptions(),
        ...commonOptions(),
      }),
      boxes: {
        takes: { inbox: ['text', 'bytes'], target: ['address'] },
        sends: { outbox: ['datagram'], errors: ['error'] },
      },
      make: (options) => new TargettedPeer({ ...drains, ...options }),
    }),
    define({
      name: 'PostboxPeer',
      summary: 'sends each letter to the address on it, and emits every datagram that arrives',
      options: () => ({ ...localOptions(), ...queueOptions(), ...commonOptions() }),
      boxes: {
        takes: { inbox: ['letter'] },
        sends: { outbox: ['datagram'], errors: ['error'] },
      },
      make: (options) => new PostboxPeer({ ...drains, ...options }),
    }),
  ]
}
