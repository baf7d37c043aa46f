import { join } from 'node:path'
import { runInNamespace } from 'peer-conformance'

await runInNamespace(join(import.meta.dirname, 'namespace'))
