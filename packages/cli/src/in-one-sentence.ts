/** How commander reports an invalid value of an option and of an argument. */
const INVALID = [
  /^option '(?:-\w, )?(?<name>--[\w-]+).*?' argument (?<value>'.*') is invalid\. (?<why>.*?)\.?$/s,
  /^command-argument value (?<value>'.*') is invalid for argument '(?<name>.*?)'\. (?<why>.*?)\.?$/s,
]

/** Rewords an error of commander as one sentence: `invalid address ':70000': a port is a number from 0 to 65535`. */
export function inOneSentence(text: string): string {
  const error = text.replace(/^error: /, '').trim()
  for (const form of INVALID) {
    const { name, value, why } = form.exec(error)?.groups ?? {}
    if (why) return `invalid ${name} ${value}: ${withSmallLetter(why)}`
  }
  return error
}

/** `IPv6` keeps its capital. */
function withSmallLetter(sentence: string): string {
  return sentence.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
}
