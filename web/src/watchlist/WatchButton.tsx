import { ActionIcon } from '@mantine/core'
import { IconStar, IconStarFilled } from '@tabler/icons-react'
import { nameOf } from '../api/asset-names.ts'
import { useCommand } from '../api/command.ts'
import { WatchlistAddDocument, WatchlistRemoveDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { steady } from '../ui/focus.tsx'
import { notifyFailure } from '../ui/notify.ts'

type WatchButtonProps = {
  readonly assetId: string
  readonly name: string
  /** The watched tickers; undefined while unknown. */
  readonly watched: readonly string[] | undefined
}

/** A star that adds an asset to the watchlist and removes it. Both commands are idempotent. */
export function WatchButton({ assetId, name, watched }: WatchButtonProps) {
  const add = useCommand(WatchlistAddDocument)
  const remove = useCommand(WatchlistRemoveDocument)
  const isWatched = watched?.includes(assetId) ?? false
  const toggle = async () => {
    const { failure } = await (isWatched ? remove : add).run({ assetId })
    if (failure) notifyFailure(failure)
  }
  const Star = isWatched ? IconStarFilled : IconStar
  return (
    <ActionIcon
      variant="subtle"
      color={isWatched ? 'yellow' : 'gray'}
      aria-label={i18n.t('Watch {name}', { name: nameOf({ id: assetId, name }) })}
      aria-pressed={isWatched}
      title={isWatched ? i18n.t('On your watchlist') : i18n.t('Add to your watchlist')}
      disabled={watched === undefined}
      renderRoot={steady}
      loading={add.isRunning || remove.isRunning}
      onClick={() => void toggle()}
    >
      <Star size={17} stroke={1.7} className={isWatched ? 'star' : undefined} />
    </ActionIcon>
  )
}
