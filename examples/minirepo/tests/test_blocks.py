import torch
from tinynet import CrossAttention, FeedForward, FocalLoss


def test_feed_forward_keeps_the_shape():
    block = FeedForward(dim=24, activation="squared_relu")
    assert block(torch.randn(3, 5, 24)).shape == (3, 5, 24)


def test_cross_attention_ignores_what_the_mask_hides():
    attention = CrossAttention(dim=32, context_dim=48, heads=4)
    x, context = torch.randn(2, 7, 32), torch.randn(2, 9, 48)
    mask = torch.ones(2, 9, dtype=torch.bool)
    mask[:, 6:] = False
    torch.testing.assert_close(attention(x, context, mask), attention(x, context[:, :6]))


def test_focal_loss_is_below_cross_entropy():
    logits, target = torch.randn(8, 5), torch.randint(0, 5, (8,))
    assert FocalLoss(gamma=2.0)(logits, target) < torch.nn.functional.cross_entropy(logits, target)
