// Puts what bench/results.md begins with, the numbers to hold, into README.md between its bench marks.
import { readFileSync, writeFileSync } from 'node:fs'

const [head] = readFileSync('bench/results.md', 'utf8').split(/^### /m)
const readme = readFileSync('README.md', 'utf8')
const marks = /(?<=<!-- bench -->\n).*?(?=<!-- \/bench -->)/s
if (!marks.test(readme)) throw new Error('README.md has no bench marks')
writeFileSync(
  'README.md',
  readme.replace(marks, () => `\n${head.trim()}\n\n`),
)
