import { Graphline } from '@udpng/chassis'
import { Component, Inbox, type Main, Outbox, Scheduler } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'
import { Splitter, Ticker, Transformer } from '@udpng/flow'
import { UDPReceiver, UDPSender } from '@udpng/peers'

/** A system that runs. */
export interface Demo {
  readonly scheduler: Scheduler
  /** Ends it; resolves when it has. */
  stop(): Promise<void>
}

class SyslogParser extends Transformer<Datagram, string> {
  constructor() {
    super(([data]) => data.toString().replace(/^<\d+>/, ''))
  }
}

class AlertFilter extends Transformer<string, string> {
  constructor() {
    super((line) => (line.includes('error') ? line : undefined))
  }
}

/** Keeps what it can write, and loses the rest: eight lines each 50 ms. */
class SlowArchive extends Component {
  readonly inbox: Inbox<string> = new Inbox('Lines to keep', {
    capacity: 64,
    whenFull: 'dropOldest',
  })

  override *main(): Main {
    while (!this.readControl()) {
      for (let i = 0; i < 8; i++) this.inbox.recv()
      yield* this.sleep(50)
    }
  }
}

class Pager extends Component {
  readonly inbox: Inbox<string> = new Inbox('Lines to read')

  override *main(): Main {
    while (!this.readControl()) {
      for (const _ of this.inbox) void _
      yield this.pause()
    }
  }
}

/** Fails when it has seen enough. */
class GeoLookup extends Component {
  readonly inbox: Inbox<string> = new Inbox('Lines with addresses')
  readonly outbox: Outbox<string> = new Outbox('Lines with countries')

  override *main(): Main {
    while (this.inbox.taken < 300) {
      for (const line of this.inbox) this.outbox.send(line)
      yield this.pause()
    }
    throw new Error('cannot read geo.mmdb: the file is truncated')
  }
}

class Heartbeat extends Transformer<number, string> {
  constructor() {
    super((tick) => `alive ${tick}`)
  }
}

/** Sends lines as a few busy machines would, one burst each 20 ms. */
class Machines extends Component {
  readonly outbox: Outbox<string> = new Outbox('Lines of a log')

  override *main(): Main {
    for (let line = 0; !this.readControl(); ) {
      const burst = 9 + Math.round(4 * Math.sin(line / 1500))
      for (let i = 0; i < burst; i++, line++)
        this.outbox.send(
          `<13>web-${line % 3} nginx: ${line % 11 ? 'GET /status 200' : 'error: upstream timed out'} ${line}`,
        )
      yield* this.sleep(20)
    }
  }
}

/** A server of syslog: it parses lines, counts, alerts, forwards them to two places and keeps some; not all goes well. */
export async function demo(localPort = 0): Promise<Demo> {
  const scheduler = new Scheduler({ onFailure: 'isolate' })
  const abort = new AbortController()
  const lookup = (
    _host: string,
    _options: object,
    found: (error: NodeJS.ErrnoException | null) => void,
  ): void => found(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }))
  const UDP = new UDPReceiver({ localAddr: '127.0.0.1', localPort })
  const sink = new UDPReceiver({ localAddr: '127.0.0.1' })
  const ends = new AbortController()
  const sinking = sink.run({ signal: ends.signal })
  const [, sinkPort] = await sink.bound
  const SPLIT = new Splitter<string>()
  const parts = {
    UDP,
    PARSE: new SyslogParser(),
    SPLIT,
    GEO: new GeoLookup(),
    ALERTS: new AlertFilter(),
    PAGER: new Pager(),
    COLLECTOR: new UDPSender({ receiverAddr: '127.0.0.1', receiverPort: sinkPort }),
    MIRROR: new UDPSender({ receiverAddr: 'mirror.example', receiverPort: 514, lookup }),
    ARCHIVE: new SlowArchive(),
    TICK: new Ticker({ intervalMs: 250 }),
    BEAT: new Heartbeat(),
    WATCHDOG: new UDPSender({ receiverAddr: '127.0.0.1', receiverPort: sinkPort }),
  }
  SPLIT.add(parts.COLLECTOR.inbox)
  SPLIT.add(parts.GEO.inbox)
  SPLIT.add(parts.ALERTS.inbox)
  SPLIT.add(parts.ARCHIVE.inbox)
  const graph = new Graphline(parts, {
    'UDP.outbox': 'PARSE.inbox',
    'PARSE.outbox': 'SPLIT.inbox',
    'GEO.outbox': 'MIRROR.inbox',
    'ALERTS.outbox': 'PAGER.inbox',
    'TICK.outbox': 'BEAT.inbox',
    'BEAT.outbox': 'WATCHDOG.inbox',
  })
  scheduler.activate(graph)
  const running = scheduler.run({ signal: abort.signal })
  const [, port] = await UDP.bound
  const outside = new Graphline(
    {
      LINES: new Machines(),
      SEND: new UDPSender({ receiverAddr: '127.0.0.1', receiverPort: port }),
    },
    { 'LINES.outbox': 'SEND.inbox' },
  ).run({ signal: ends.signal })
  return {
    scheduler,
    async stop() {
      ends.abort()
      await Promise.all([outside, sinking])
      abort.abort()
      await running
    },
  }
}
