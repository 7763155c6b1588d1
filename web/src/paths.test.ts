import { expect, it } from '@jest/globals'
import { nextPath } from './paths.ts'

it.each([
  ['?next=%2Ftrade%3Fasset%3DBTC', '/trade?asset=BTC'],
  ['?next=https%3A%2F%2Fevil.example', '/dashboard'],
  ['?next=%2F%2Fevil.example', '/dashboard'],
  ['?next=%2F%5Cevil.example', '/dashboard'],
  ['', '/dashboard'],
])('leads from %s to %s', (search, path) => {
  expect(nextPath(new URLSearchParams(search))).toBe(path)
})
