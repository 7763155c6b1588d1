/** Requests as large as the engine takes, many of them at once. */
import { expectData, expectRefusal, type HostileCase } from './case.ts'
import { post } from './program.ts'
import { badBody, heard, list, withVariables } from './requests.ts'

export const hostileLargeRequests: readonly HostileCase[] = [
  {
    name: 'forty bodies of forty thousand values at once',
    attack: async ({ url }) => {
      const body = withVariables(
        'query ($v: Any) { echo(any: $v) }',
        `{"v":${list(40_000, '"a"')}}`,
      )
      const answers = await Promise.all(Array.from({ length: 40 }, () => post(url, body)))
      for (const answer of answers) expectData(answer, heard)
    },
  },
  {
    name: 'sixty bodies of a megabyte without a query at once',
    attack: async ({ url }) => {
      const body = `{${'"a":[],'.repeat(140_000)}"b":1}`
      const answers = await Promise.all(Array.from({ length: 60 }, () => post(url, body)))
      for (const answer of answers) expectRefusal(answer, ...badBody)
    },
  },
  {
    name: 'forty thousand long integers where short ones belong',
    attack: async ({ url }) => {
      const variables = `{"v":${list(40_000, '9007199254740993')}}`
      const body = withVariables('query ($v: [Int!]) { echo(numbers: $v) }', variables)
      expectRefusal(await post(url, body), 'BAD_USER_INPUT')
    },
  },
]
