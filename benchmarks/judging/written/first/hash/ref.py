import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def hash_ids(ids, salt):
    h = (ids * 2654435761 + salt) ^ (ids >> 7)
    return h % 100003
def get_inputs(): return [torch.randint(0, 30000, (8, 40)), torch.randint(0, 1000, (40,))]
def get_init_inputs(): return []
