// Puts the results of the last full run of the benchmarks where people read them: the bars into README.md, the numbers to
// hold, which bench/results.md begins with, into bench/README.md. Both have marks for them.
import { readFileSync, writeFileSync } from 'node:fs'

const read = (file) => readFileSync(file, 'utf8')

/** Replaces what is between `<!-- mark -->` and `<!-- /mark -->`. */
function put(file, mark, text) {
  const marks = new RegExp(`(?<=<!-- ${mark} -->\\n).*?(?=<!-- /${mark} -->)`, 's')
  if (!marks.test(read(file))) throw new Error(`${file} has no marks ${mark}`)
  writeFileSync(
    file,
    read(file).replace(marks, () => text),
  )
}

const [head = ''] = read('bench/results.md').split(/^### /m)
put('bench/README.md', 'bench', `\n${head.trim()}\n\n`)
put('README.md', 'rates', read('bench/rates.md'))
