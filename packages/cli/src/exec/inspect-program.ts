import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Scheduler } from '@udpng/core'
import { type Inspector, inspect } from '@udpng/inspector'
import { ProgramSockets } from './program-sockets.js'
import { SampleServer } from './sample-server.js'

/** The inspector of a command that is not changed. */
export interface ProgramInspector {
  /** The URL of its page. */
  readonly url: string
  /** Where the processes of the command send their samples. */
  readonly samples: string
  /** Closes the page. */
  close(): Promise<void>
}

/**
 * Serves the inspector, with a component for each socket of a command.
 *
 * @param port - of the page
 * @param folder - a folder that is there only for this command
 * @throws {UdpngError} `BIND_FAILED` if the port is in use
 */
export async function inspectProgram(port: number, folder: string): Promise<ProgramInspector> {
  const scheduler = new Scheduler()
  const program = scheduler.activate(new ProgramSockets())
  const samples =
    process.platform === 'win32' ? `\\\\.\\pipe\\udpng-${randomUUID()}` : join(folder, 'samples')
  const server = new SampleServer(program)
  const inspector: Inspector = await inspect(scheduler, { port })
  try {
    await server.listen(samples)
  } catch (cause) {
    await inspector.close()
    throw new Error(
      `cannot receive the counters of the command at ${samples}: ${(cause as Error).message}; set TMPDIR to a folder with a short path`,
      { cause },
    )
  }
  const running = scheduler.run()
  return {
    url: inspector.url,
    samples,
    async close() {
      server.close()
      scheduler.stop()
      await running
      await inspector.close()
    },
  }
}
