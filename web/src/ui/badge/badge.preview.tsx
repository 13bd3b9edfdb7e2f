import { Badge, type Hue, Tag } from './badge.tsx';

const hues: readonly Hue[] = ['ok', 'waiting', 'warning', 'failed', 'off'];

export const previews = {
  'Badges and tags': () => (
    <div className="preview-row">
      {hues.map((hue) => (
        <Badge key={hue} hue={hue}>
          {hue}
        </Badge>
      ))}
      <Tag>a tag</Tag>
    </div>
  ),
};
