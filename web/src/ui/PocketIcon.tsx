/** The red envelope of the dashboard's footer; emoji need a font that not every machine has. */
export function PocketIcon() {
  return (
    <svg width={20} height={20} viewBox="0 0 20 20" aria-hidden="true">
      <rect x="3.5" y="1.5" width="13" height="17" rx="2.5" fill="#c8202f" />
      <path
        d="M3.5 4a2.5 2.5 0 0 1 2.5-2.5h8A2.5 2.5 0 0 1 16.5 4v2.2C14.6 8.4 12.4 9.4 10 9.4S5.4 8.4 3.5 6.2z"
        fill="#e5484d"
      />
      <circle cx="10" cy="9.6" r="2.9" fill="#f2c14e" />
      <path d="M10 8v3.2M8.5 9.6h3" stroke="#a3121d" strokeWidth="1" strokeLinecap="round" />
    </svg>
  )
}
