import { expect, it } from '@jest/globals'
import { routes } from './table.ts'

const withBody = routes.flatMap(({ method, path, inputs: { body }, example }) =>
  body ? [{ name: `${method} ${path}`, body, example }] : [],
)

it.each(withBody)('has an example that $name accepts', ({ body, example }) => {
  expect(example).toBeDefined()
  expect(body.safeParse(example)).toMatchObject({ success: true })
})
