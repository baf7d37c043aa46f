/** Maximum number of hosts in one generation; two generations are kept. */
const GENERATION = 2048
/** TTL of the facts about a host, milliseconds. */
const GENERATION_MS = 10_000

/** Records per client, by host: an LRU cache of at most 4096. O(1). */
export class Clients<Client> {
  readonly #make: (host: string, now: number, before: Client | undefined) => Client
  #recent = new Map<string, Client>()
  #older = new Map<string, Client>()
  #began = -Infinity

  /** @param make - creates the record of a host from the one before, if any; called again after ten seconds */
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
