import { i18n } from '../i18n.ts'

/** A red envelope with a gold emblem; the big one is open, with gold above it. */
export function EnvelopeArt({ isBig }: { isBig: boolean }) {
  const size = isBig ? 190 : 140
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 200 200"
      className="envelope-art envelope-open"
      role="img"
      aria-label={
        isBig ? i18n.t('A big red envelope, full of gold') : i18n.t('A small red envelope')
      }
    >
      <defs>
        <linearGradient id="envelope-paper" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#ef3b3b" />
          <stop offset="1" stopColor="#b70f1e" />
        </linearGradient>
        <linearGradient id="envelope-gold" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="#fff1b8" />
          <stop offset="0.5" stopColor="#f2c14e" />
          <stop offset="1" stopColor="#c58a1b" />
        </linearGradient>
      </defs>
      {isBig && (
        <g fill="url(#envelope-gold)" stroke="#a86f10" strokeWidth="1.5">
          <circle cx="72" cy="44" r="17" />
          <circle cx="104" cy="28" r="19" />
          <circle cx="134" cy="46" r="16" />
          <path d="M30 30l4 9 9 4-9 4-4 9-4-9-9-4 9-4z" strokeWidth="0" />
          <path d="M172 62l3 7 7 3-7 3-3 7-3-7-7-3 7-3z" strokeWidth="0" />
        </g>
      )}
      <rect
        x="42"
        y="50"
        width="116"
        height="140"
        rx="12"
        fill="url(#envelope-paper)"
        stroke="#f2c14e"
        strokeWidth="3"
      />
      <path
        d="M42 64c0-8 5-14 14-14h88c9 0 14 6 14 14v14c-18 24-38 34-58 34S60 102 42 78z"
        fill="#d4202c"
        stroke="#f2c14e"
        strokeWidth="3"
      />
      <circle
        cx="100"
        cy="112"
        r="24"
        fill="url(#envelope-gold)"
        stroke="#a86f10"
        strokeWidth="2"
      />
      <path
        d="M88 102h24M100 96v32M89 112h22M90 126h20"
        stroke="#a3121d"
        strokeWidth="4"
        strokeLinecap="round"
        fill="none"
      />
      <path
        d="M58 172c10-8 22 8 32 0s22 8 32 0 16 4 20 0"
        fill="none"
        stroke="#f2c14e"
        strokeWidth="2.5"
        strokeLinecap="round"
      />
    </svg>
  )
}
