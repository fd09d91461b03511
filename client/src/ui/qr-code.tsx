import { renderSVG } from 'uqr';

/** Dark on light in both themes, with the quiet border that scanners need. */
export function QrCode({ text, label, className }: { text: string; label: string; className?: string }) {
  const svg = renderSVG(text, { border: 3 });
  return <img alt={label} src={`data:image/svg+xml,${encodeURIComponent(svg)}`} className={className} />;
}
