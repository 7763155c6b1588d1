/** Requests of an attacker against the measured shop: each is to be refused, and to cost the others nothing. */

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')

const inQuery = (query: string): string => JSON.stringify({ query })

/** Each fragment spreads the next one twice. */
const doubling = (levels: number): string =>
  `{ me { ...F0 } } ${repeat(levels, (level) => {
    const next = level + 1 < levels ? `...F${level + 1}` : 'id'
    return `fragment F${level} on User { a: reviews { author { ${next} } } b: reviews { author { ${next} } } }`
  })}`

/** The number is in the text, so that no refusal is remembered for the next one. */
const bodies: readonly ((number: number) => string)[] = [
  (number) => inQuery(`{ f { state { a${number}: label deep { state { label own0 } } } } }`),
  (number) => inQuery(`# ${number}\n${doubling(14)}`),
  (number) =>
    inQuery(
      `{ me { a${number}: ${'reviews { author { '.repeat(1_000)} id ${'} } '.repeat(1_000)} } }`,
    ),
  (number) => inQuery(`{ ${repeat(20_000, (index) => `a${number}_${index}: me { name }`)} }`),
  (number) =>
    inQuery(
      `{ me { ...A${number} } } fragment A${number} on User { ...B } fragment B on User { ...A${number} }`,
    ),
  (number) => inQuery(`{ ${repeat(900, (index) => `unknown${number}Field${index}`)} }`),
  (number) =>
    inQuery(`{ ${repeat(300, (index) => `a${number}_${index}: __schema { types { name } }`)} }`),
  (number) =>
    `{"query":"query($a${number}: Int) { topProducts(first: $a${number}, salt: \\"1\\") { upc } }","variables":{"a${number}":1e400}}`,
  (number) =>
    `{"query":"{ me { id } }","variables":{"v${number}":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`,
  (number) => `{"query":"{ me { name${number}`,
]

export const hostileBody = (number: number): string =>
  bodies[number % bodies.length]?.(number) ?? ''
