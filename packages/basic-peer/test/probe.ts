import {
  type Addressed,
  LOCAL,
  type LocalOptions,
  RECEIVER,
  type ReceiverOptions,
  ReceivingPeer,
  type Resolution,
} from '@udpng/basic-peer'
import { Inbox, Outbox, type UdpngError } from '@udpng/core'
import type { Address, Datagram, Payload } from '@udpng/datagram'

export interface ProbeOptions extends LocalOptions, ReceiverOptions {}

/** A peer that sends the letters it is given, and lets a test call what is protected. */
export class Probe extends ReceivingPeer {
  override readonly inbox: Inbox<Addressed> = new Inbox('Letters')
  override readonly outbox: Outbox<Datagram> = new Outbox('Datagrams')

  constructor(options: ProbeOptions = {}) {
    super(options, { ...LOCAL, ...RECEIVER })
  }

  protected override take(): Addressed | undefined {
    return this.inbox.recv()
  }

  callSafeSend(data: Payload, to: Address): boolean {
    return this.safeSend(data, to)
  }

  callSendLoop(): void {
    this.sendLoop()
  }

  callSafeRecv(max: number): readonly Datagram[] {
    return this.safeRecv(max)
  }

  callRecvLoop(): string {
    return this.recvLoop()
  }

  callWake(): void {
    this.news.deliver(undefined)
  }

  callResolve(host: string): Resolution {
    return this.resolve(host)
  }
}

/** What a constructor, or whatever else, throws: a UdpngError. */
export function refusal(act: () => unknown): UdpngError {
  try {
    act()
  } catch (error) {
    return error as UdpngError
  }
  throw new Error('nothing was thrown')
}
