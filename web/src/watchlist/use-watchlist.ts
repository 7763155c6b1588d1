import { useReading } from '../api/reading.ts'
import { useUsername } from '../api/SessionProvider.tsx'
import { WatchlistIdsDocument } from '../generated/graphql.ts'

/** The tickers on the user's watchlist, oldest first; undefined while unknown, and for visitors. */
export function useWatchedIds(): readonly string[] | undefined {
  const isSignedIn = useUsername() !== ''
  const { data } = useReading(WatchlistIdsDocument, {}, { pause: !isSignedIn })
  return data?.me?.watchlist?.map(({ id }) => id)
}
