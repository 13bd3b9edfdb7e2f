import { Pause, Plus } from 'lucide-react';
import { Button } from './button.tsx';

const kinds = ['main', 'plain', 'quiet', 'danger'] as const;

export const previews = {
  Buttons: () => (
    <>
      {kinds.map((kind) => (
        <div key={kind} className="preview-row">
          <Button kind={kind}>{kind}</Button>
          <Button kind={kind} icon={Plus}>
            with a picture
          </Button>
          <Button kind={kind} size="small">
            small
          </Button>
          <Button kind={kind} icon={Pause} label={`only a picture, ${kind}`} />
          <Button kind={kind} isBusy>
            busy
          </Button>
          <Button kind={kind} isDisabled>
            disabled
          </Button>
          <Button kind={kind} isPressed>
            pressed
          </Button>
        </div>
      ))}
    </>
  ),
};
