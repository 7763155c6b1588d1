import { useState } from 'react'

/** Each asset has a fixed hue; the golden angle separates similar tickers. */
function hueOf(id: string): number {
  const sum = Array.from(id).reduce(
    (hash, letter) => (hash * 33 + (letter.codePointAt(0) ?? 0)) % 65_521,
    11,
  )
  return Math.round((sum * 137.508) % 360)
}

/** The logo if this site has it; otherwise the first letters of the ticker on a colour. */
export function AssetLogo({
  id,
  image,
  size = 32,
}: {
  id: string
  image?: string | null | undefined
  size?: number
}) {
  const [isBroken, setBroken] = useState(false)
  const box = { width: size, height: size, fontSize: size * 0.34 }
  if (image?.startsWith('/') && !isBroken) {
    return (
      <span className="asset-logo" style={box} aria-hidden="true">
        <img
          src={image}
          alt=""
          width={size}
          height={size}
          loading="lazy"
          onError={() => setBroken(true)}
        />
      </span>
    )
  }
  const hue = hueOf(id)
  const background = `linear-gradient(140deg, hsl(${hue} 62% 42%), hsl(${(hue + 38) % 360} 66% 30%))`
  return (
    <span className="asset-logo" style={{ ...box, background, color: '#fff' }} aria-hidden="true">
      {id.slice(0, 3)}
    </span>
  )
}

/** Logo, name and ticker side by side. */
export function AssetName({
  id,
  name,
  image,
}: {
  id: string
  name?: string | undefined
  image?: string | null | undefined
}) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 11, minWidth: 0 }}>
      <AssetLogo id={id} image={image} />
      <span style={{ display: 'grid', lineHeight: 1.25, textAlign: 'left' }}>
        <span className="link-text" style={{ fontWeight: 600 }}>
          {name ?? id}
        </span>
        {name !== undefined && (
          <span style={{ fontSize: 12, color: 'var(--mantine-color-dimmed)' }}>{id}</span>
        )}
      </span>
    </span>
  )
}
