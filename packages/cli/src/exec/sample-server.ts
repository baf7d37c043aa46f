import { createServer, type Server, type Socket } from 'node:net'
import { linesOf } from './lines-of.js'
import { ProcessSockets } from './process-sockets.js'
import type { ProgramSockets } from './program-sockets.js'
import { sampleSchema } from './sample-schema.js'

/** Receives the samples of the processes and worker threads of a command, and shows their sockets. */
export class SampleServer {
  readonly #program: ProgramSockets
  readonly #server: Server
  readonly #connections = new Set<Socket>()
  readonly #schema = sampleSchema()

  constructor(program: ProgramSockets) {
    this.#program = program
    this.#server = createServer((connection) => void this.#serve(connection))
  }

  /**
   * Listens at a path.
   *
   * @throws the error of the system
   */
  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(path, resolve)
    })
  }

  close(): void {
    this.#server.close()
    for (const connection of this.#connections) connection.destroy()
  }

  /** Shows the sockets of a process, until it ends. */
  async #serve(connection: Socket): Promise<void> {
    this.#connections.add(connection)
    const sockets = new ProcessSockets(this.#program, () => this.#connections.size > 1)
    try {
      for await (const line of linesOf(connection.setEncoding('utf8')))
        sockets.update(this.#schema.parse(JSON.parse(line)))
    } catch {
      // It vanished, or sent something else.
    } finally {
      connection.destroy()
      this.#connections.delete(connection)
      sockets.close()
    }
  }
}
