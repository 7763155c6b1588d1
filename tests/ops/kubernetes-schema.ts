type Validate = (this: unknown) => void

/** The validation by the API's own schema of objects of this kind. It throws a description of the fault. */
async function findCheck({ apiVersion, kind }: Kinded): Promise<Validate> {
  const module = (await import(`kubernetes-models/${apiVersion}/${kind}`)) as Record<
    string,
    { readonly prototype: { readonly validate: Validate } }
  >
  return module[kind]!.prototype.validate
}

interface Kinded {
  readonly apiVersion: string
  readonly kind: string
}

export async function validate(object: Kinded): Promise<void> {
  const check = await findCheck(object)
  check.call(object)
}

/** Fields that the schema does not declare. The validation ignores them. */
export async function findUnknownFields(object: Kinded): Promise<string[]> {
  const check = await findCheck(object)
  const seen = new Set<string>()
  check.call(watch(object, '', seen))
  return listPaths(object, '').filter((path) => !seen.has(path))
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** Wraps an object to record the path of each field that is read. */
const watch = (object: object, path: string, seen: Set<string>): object =>
  new Proxy(object, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof name === 'symbol') return value
      const own = join(path, name)
      seen.add(own)
      return isNested(value) ? watch(value, own, seen) : value
    },
  })

const listPaths = (object: object, path: string): string[] =>
  Object.entries(object).flatMap(([name, value]: [string, unknown]) => {
    const own = join(path, name)
    return isNested(value) ? [own, ...listPaths(value, own)] : [own]
  })
