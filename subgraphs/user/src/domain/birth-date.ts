import { utcDay } from '@cnop/kit/clock'
import { BadInput } from '@cnop/kit/errors'

const minAge = 13
const maxAge = 120

/** Full years between a date of birth and a day, both YYYY-MM-DD. Born on 29 February, one is a year older on 1 March. */
export function ageOn(day: string, dateOfBirth: string): number {
  const years = parseInt(day.slice(0, 4), 10) - parseInt(dateOfBirth.slice(0, 4), 10)
  return day.slice(5) < dateOfBirth.slice(5) ? years - 1 : years
}

/** Checks that a person of this date of birth may have an account now. The date itself was parsed by its scalar. */
export function readBirthDate(date: string, nowMs: number): string {
  const age = ageOn(utcDay(nowMs), date)
  if (age < minAge || age > maxAge) {
    throw new BadInput(
      'dateOfBirth',
      `must make the user between ${minAge} and ${maxAge} years old`,
    )
  }
  return date
}
