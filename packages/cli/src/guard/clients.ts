/** Hosts remembered in one generation; two generations are. */
const GENERATION = 2048
/** What is known of a host is found anew after this time, milliseconds. */
const GENERATION_MS = 10_000

/** What is kept of each client, by host: at most 4096 of them, the least recently used are forgotten. O(1). */
export class Clients<Client> {
  readonly #make: (host: string, now: number, before: Client | undefined) => Client
  #recent = new Map<string, Client>()
  #older = new Map<string, Client>()
  #began = -Infinity

  /** @param make - makes what is kept of a host, of what was kept before; called again after ten seconds */
  constructor(make: (host: string, now: number, before: Client | undefined) => Client) {
    this.#make = make
  }

  of(host: string, now: number): Client {
    if (this.#recent.size >= GENERATION || now - this.#began > GENERATION_MS) {
      this.#older = this.#recent
      this.#recent = new Map()
      this.#began = now
    }
    const known = this.#recent.get(host)
    if (known !== undefined) return known
    const client = this.#make(host, now, this.#older.get(host))
    this.#recent.set(host, client)
    return client
  }
}
