// A user's program, compiled against the packed packages. It is never run.
import { UDPReceiver } from '@udpng/peers/udp-receiver'
import {
  Component,
  type Datagram,
  DataSource,
  Graphline,
  Inbox,
  type Main,
  messages,
  Outbox,
  Pipeline,
  TargettedPeer,
  Transformer,
  UDPSender,
  UdpngError,
} from 'udpng'

class Upper extends Component {
  readonly inbox: Inbox<string> = new Inbox('Text')
  readonly outbox: Outbox<string> = new Outbox('The same in capitals')

  override *main(): Main {
    for (const text of this.inbox) this.outbox.send(text.toUpperCase())
    yield this.pause()
  }
}

const sender = new UDPSender({ receiverAddr: '127.0.0.1', receiverPort: 1500 })
const receiver: Component = new UDPReceiver({ localPort: 1500 })

export const sending: Promise<void> = new Pipeline(
  new DataSource(['one', 'two']),
  new Upper(),
  sender,
).run({ signal: AbortSignal.timeout(1000) })

export const graph: Component = new Graphline(
  { TEXT: new Upper(), UDP: new TargettedPeer() },
  { 'TEXT.outbox': 'UDP.inbox' },
)

// @ts-expect-error datagrams do not fit into an inbox of strings
export const misfit: Component = new Pipeline(new UDPReceiver(), new Upper())

export const nowhere: Component = new Graphline(
  { A: new Upper(), B: new Upper() },
  // @ts-expect-error there is no such box
  { 'A.outbox': 'B.nowhere' },
)

// @ts-expect-error a port is a number
export const wrongPort: Component = new UDPSender({ receiverPort: 'http' })

export async function lengths(peer: UDPReceiver): Promise<number> {
  let total = 0
  for await (const [data, [host, port]] of messages(peer.outbox)) {
    const text: string = host
    const number: number = port
    total += data.length + text.length + number
  }
  return total
}

export const toText: Transformer<Datagram, string> = new Transformer(([data]) => data.toString())

export function isBindFailure(error: unknown): boolean {
  return error instanceof UdpngError && error.code === 'BIND_FAILED' && receiver.ended
}
