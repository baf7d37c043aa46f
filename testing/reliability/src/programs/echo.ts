import type { TransportChoice } from '@udpng/basic-peer'
import { Pipeline } from '@udpng/chassis'
import { ConsoleEchoer } from '@udpng/console'
import { Scheduler } from '@udpng/core'
import { Ticker, Transformer } from '@udpng/flow'
import { UDPReceiver, UDPSender } from '@udpng/peers'

/** Shows what comes to a port, which is a line each millisecond, until the output is closed. */
export async function echo(transport: TransportChoice, port = ''): Promise<void> {
  const scheduler = new Scheduler()
  const [receiverAddr, receiverPort] = ['127.0.0.1', Number(port)]
  const receiver = new UDPReceiver({ transport, localAddr: receiverAddr, localPort: receiverPort })
  scheduler.activate(new Pipeline(receiver, new ConsoleEchoer()))
  const line = new Transformer((n: number) => `line ${n}\n`)
  const sender = new UDPSender({ transport, receiverAddr, receiverPort })
  scheduler.activate(new Pipeline(new Ticker({ intervalMs: 1 }), line, sender))
  await scheduler.run()
}
