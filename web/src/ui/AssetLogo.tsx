import { memo, type ReactNode } from 'react'
import { markOf, patternOpacity } from '@cnop/quotes/mark'
import { nameOf } from '../api/asset-names.ts'

/** The mark of an asset, drawn here: a file for each would be as many requests as a list has rows. */
export const AssetLogo = memo(function AssetLogo({ id, size = 32 }: { id: string; size?: number }) {
  const { colour, pattern, turn, letters, size: height } = markOf(id)
  const style = { '--logo': `${size}px`, '--letters': height / 64, background: colour }
  // The letters are no text of the page: a name stands beside them.
  return (
    <span className="asset-logo" style={style} data-letters={letters} aria-hidden="true">
      <svg viewBox="0 0 64 64">
        <path fillOpacity={patternOpacity} transform={`rotate(${turn} 32 32)`} d={pattern} />
      </svg>
    </span>
  )
})

type AssetNameProps = {
  readonly id: string
  readonly name?: string | undefined
  /** Takes the place of the ticker in rows of two lines. */
  readonly detail?: ReactNode
}

/** Logo, name and ticker side by side. */
export function AssetName({ id, name, detail }: AssetNameProps) {
  return (
    <span className="asset-name">
      <AssetLogo id={id} size={28} />
      <span className="asset-lines">
        <span className="link-text" style={{ fontWeight: 600 }}>
          {name === undefined ? id : nameOf({ id, name })}
        </span>
        {name !== undefined && (
          <span className={`asset-ticker${detail ? ' not-in-two-lines' : ''}`}>{id}</span>
        )}
        {detail && <span className="in-two-lines">{detail}</span>}
      </span>
    </span>
  )
}
